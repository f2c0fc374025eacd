/**
 * The protocol that the papers around ETO compare by: Song et al. 2024, "Trial and Error: Exploration-Based Trajectory
 * Optimization of LLM Agents" (ACL 2024), and its code, Yifan-Song793/ETO at commit a2fc5da.
 * @module
 */
import type { Environment } from '../core/environment.ts'
import type { Protocol } from './protocol-definition.ts'
import { ETO_WEBSHOP_GOALS } from './protocol-eto-goals.ts'

/**
 * The metric is the mean reward, times 100. In ALFWorld that is success; in WebShop what the purchase is worth, and
 * nothing without one; in SciWorld the highest score reached.
 */
export const etoProtocol: Protocol = {
  name: 'eto',
  source: 'Song et al. 2024; Yifan-Song793/ETO a2fc5da',
  agent: { format: 'eto', explain: true, examples: 1, answerTokens: 512, temperature: 0 },
  environments: {
    alfworld: {
      options: () => ({ profile: '2.1.1-eto' }),
      stepLimit: 40,
      splits: { seen: { count: 140 }, unseen: { count: 134 } },
      differences: () => [],
    },
    webshop: {
      // The made-up shop has no human goals.
      options: ({ catalogue }) => (catalogue === undefined ? {} : { goals: 'human' }),
      stepLimit: 10,
      splits: { test: { count: 200, ids: ETO_WEBSHOP_GOALS.map(goal => `human-${goal}`) } },
      differences: environment => [
        ...(environment.version.includes('made shop') ? ['a made-up shop, not its catalogue'] : []),
        ...differs(environment, 'en_core_web_lg', 'nouns of another tagger than en_core_web_lg'),
      ],
    },
    sciworld: {
      options: () => ({ splits: 'eto', simplifications: 'easy', scoring: 'highest', limits: 'eto' }),
      // Of the longest kind of task; the environment itself ends the others earlier.
      stepLimit: 120,
      splits: { seen: { count: 194 }, unseen: { count: 211 } },
      differences: environment => differs(environment, 'scienceworld 1.1.3', 'a later simulator than 1.1.3'),
    },
  },
}

const differs = ({ version }: Environment, theirs: string, what: string) => (version.includes(theirs) ? [] : [what])
