/**
 * An OpenID provider for the tests of single sign-on: npm's `oidc-provider`, certified, in memory.
 *
 *     node provider.mjs CLIENT_ID CLIENT_SECRET REDIRECT_URI
 *
 * Listens on a free port of 127.0.0.1 and prints `{"issuer": ...}`. Whoever signs in, with any
 * password, is the subject that the login says; the claim `preferred_username` is told by the user
 * info alone. Ends when its standard input does.
 */

import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const [clientId, clientSecret, redirectUri] = process.argv.slice(2)

// The issuer names the port, so the port has to be known before the provider is made.
const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username', 'name'] },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, preferred_username: sub, name: sub }),
    }),
    cookies: { keys: ['only for tests'] },
  })
  server.on('request', provider.callback())
  process.stdout.write(`${JSON.stringify({ issuer })}\n`)
})
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
