/**
 * Finds a file in a Python package index, the way pip is set up on this machine.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { MisstepError } from '../../core/errors.ts'
import { requestAddress } from '../request-address.ts'

export interface IndexOptions {
  /** The index's own address. @default `pipIndex()` */
  url?: string
  signal?: AbortSignal
}

const PYPI = 'https://pypi.org/simple'

/**
 * The index that pip would ask: `PIP_INDEX_URL`, else what its configuration file says, else PyPI.
 *
 * @example
 * pipIndex({ PIP_INDEX_URL: 'https://mirror.example.org/simple' }) // 'https://mirror.example.org/simple'
 */
export function pipIndex(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.PIP_INDEX_URL) return environment.PIP_INDEX_URL
  const files = environment.PIP_CONFIG_FILE
    ? [environment.PIP_CONFIG_FILE]
    : [
        ...(environment.APPDATA ? [join(environment.APPDATA, 'pip', 'pip.ini')] : []),
        join(homedir(), 'Library', 'Application Support', 'pip', 'pip.conf'),
        join(environment.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'pip', 'pip.conf'),
        join(homedir(), '.pip', 'pip.conf'),
        '/etc/pip.conf',
      ]
  for (const file of files) {
    const url = existsSync(file) && /^\s*index[-_]url\s*[=:]\s*(\S+)/m.exec(readFileSync(file, 'utf8'))?.[1]
    if (url) return url
  }
  return PYPI
}

/**
 * The address of a file of a project (PEP 503: a page of links), with the index's name and password where it is there.
 *
 * @throws {MisstepError} when the index cannot be reached or does not have it
 * @example
 * await findWheel('scienceworld', 'scienceworld-1.2.3-py3-none-any.whl')
 */
export async function findWheel(project: string, file: string, options: IndexOptions = {}): Promise<string> {
  const { url: index = pipIndex(), signal } = options
  const { url, headers } = requestAddress(index)
  const page = `${url.replace(/\/$/, '')}/${project}/`
  const advice = `Check the connection, or fetch it elsewhere ("pip download --no-deps ${project}") and pass it with --from.`
  const response = await fetch(page, { headers: { ...headers, accept: 'text/html' }, ...(signal && { signal }) }).catch(
    cause => {
      throw new MisstepError('environment', 'The package index cannot be reached', { value: page, advice, cause })
    },
  )
  if (!response.ok) {
    await response.body?.cancel()
    const what = `The package index answered ${response.status} ${response.statusText}`
    throw new MisstepError('environment', what, { value: page, advice })
  }
  for (const [, link] of (await response.text()).matchAll(/<a\s[^>]*?href="([^"]+)"/g)) {
    const address = new URL(link!.replaceAll('&amp;', '&'), response.url)
    address.hash = ''
    if (!address.pathname.endsWith(`/${file}`)) continue
    if (address.origin !== new URL(url).origin) return address.href
    const { username, password } = new URL(index)
    return Object.assign(address, { username, password }).href
  }
  throw new MisstepError('environment', `The package index does not have ${file}`, { value: page, advice })
}
