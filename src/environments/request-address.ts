/**
 * Addresses of mirrors, which may hold a name and a password.
 * @module
 */

export interface RequestAddress {
  /** Without a name and a password in it: to request, and to show. */
  url: string
  /** What says them in their place. */
  headers: Record<string, string>
}

/**
 * An address as `fetch` takes it: a name and a password in it go into a header (RFC 7617), and are not shown.
 *
 * @example
 * requestAddress('https://bob:secret@mirror.example.org/simple').url // 'https://mirror.example.org/simple'
 */
export function requestAddress(address: string): RequestAddress {
  if (!URL.canParse(address)) return { url: address, headers: {} }
  const url = new URL(address)
  if (`${url.username}${url.password}` === '') return { url: address, headers: {} }
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  url.username = ''
  url.password = ''
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } }
}
