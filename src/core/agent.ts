/**
 * Who acts, who teaches, and the models behind them.
 * @module
 */
import type { Episode, Misstep, Move, Outcome, Task } from './environment.ts'
import type { Step, Trajectory } from './trajectory.ts'

/** What an agent is given before each of its moves. */
export interface Situation {
  task: Task
  instruction: string
  opening: string
  steps: readonly Step[]
  /** Names this episode among those that run at once; a model may keep state under it until `forget`. */
  conversation: string
  /** Fixes what the agent leaves to chance. */
  seed: string
  /** The live episode: for experts and scripted agents; of a model's agent, only for the list of admissible actions, if asked. */
  episode: Episode
}

/** A move, with what it cost. */
export interface AgentMove extends Move {
  /** What the agent wrote, where it is not `Thought: …\nAction: …` of the move. */
  text?: string
  /** What it wrote as tokens, where the model tells them. */
  tokenIds?: number[]
  /** Messages of the conversation that were left out or shortened so that it fits the model's context. */
  shortened?: number
  tokensIn?: number
  tokensOut?: number
  /** What the model's provider charges for it, in the currency of the endpoint's prices. */
  cost?: number
}

/** Something that plays: a model with a prompt format, an expert, a script. */
export interface Agent {
  readonly name: string
  /** The model's name and checkpoint hash, for provenance. */
  readonly model?: string
  readonly checkpoint?: string
  act(situation: Situation): Promise<AgentMove>
  /** Frees what is kept for a conversation. */
  forget?(conversation: string): void
}

/** Watches one episode and judges each of the student's steps as it is made. */
export interface Watch {
  /** After a step of the student. A correction has been tried on a fork and was accepted there. */
  judge(move: Move, outcome: Outcome, situation: Situation): Promise<Misstep | undefined>
  /** After a step of the teacher's own. */
  observe(move: Move, outcome: Outcome): void
  /** Before a step of the student: what is wrong with it, and what to do in its place, at this very moment. */
  consider?(move: Move, situation: Situation): Promise<Misstep | undefined>
  /** All of this episode so far; absent where judging costs nothing. */
  spent?(): TeacherSpent
}

/** What a teacher used up in one episode. */
export type TeacherSpent = NonNullable<Trajectory['provenance']['teacher']>

/** A stronger agent that looks on. */
export interface Teacher {
  readonly name: string
  watch(episode: Episode, seed: string): Watch
}

export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string
  /** Of an assistant's message that called the request's tool. */
  toolCall?: { name: string; arguments: string }
}

export interface ChatRequest {
  messages: readonly Message[]
  /** Requests of the same conversation only grow at the end, so a model may keep its state. */
  conversation: string
  /** Most tokens to answer with. */
  maxTokens: number
  /** 0 is greedy. */
  temperature: number
  seed: string
  /** The answer ends before the first of these texts. */
  stop?: readonly string[]
  /**
   * The answer is free up to a line that begins with `after`, and goes on there with one of `texts`, where it ends: the one
   * that the model finds likeliest, as a whole, or one drawn by that. Models that cannot tell how likely a text is refuse it.
   */
  choices?: { after: string; texts: readonly string[] }
  /** The function that the answer must call, where the agent plays by calling one. */
  tool?: Tool
  /** A JSON schema that the answer must follow, for servers that can enforce it; the caller still checks it. */
  schema?: Readonly<Record<string, unknown>>
}

/** A function as a model is told of it. */
export interface Tool {
  name: string
  description: string
  /** A JSON schema of its arguments. */
  parameters: Readonly<Record<string, unknown>>
}

export interface ChatAnswer {
  text: string
  tokenIds?: number[]
  /** Of each generated token, in nats. */
  logProbabilities?: number[]
  /** The call of the request's tool, its arguments as the model wrote them: JSON, or what it took for it. */
  toolCall?: { name: string; arguments: string }
  /** Which of the request's choices it ends with. */
  choice?: string
  finish: 'stop' | 'length'
  /** Where the server gives another reason, that: `content_filter`, `tool_calls`. */
  finishReason?: string
  /** Set where the answer is missing or cut because the conversation fills the model's context. */
  overflow?: true
  tokensIn: number
  tokensOut: number
  /** In the currency of the endpoint's prices; absent where none are known. */
  cost?: number
}

/** A language model that answers conversations; many requests may be under way at once. */
export interface ChatModel {
  readonly name: string
  /** sha256 of the weights, where there are weights. */
  readonly checkpoint?: string
  /** Most tokens of a conversation, where it is known. */
  readonly contextLength?: number
  complete(request: ChatRequest): Promise<ChatAnswer>
  forget?(conversation: string): void
  close(): Promise<void>
}
