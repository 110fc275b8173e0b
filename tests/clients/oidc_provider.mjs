// A certified OpenID Connect provider, whose keys change when a line on standard input says which it shall publish.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';

const CALLBACK = 'https://cafe.example/signed-in';
const ALGORITHMS = { 'cafe-web': 'RS256', 'cafe-ps': 'PS256', 'cafe-es': 'ES256', 'cafe-ed': 'Ed25519', bakery: 'RS256' };

const claims = (sub) => ({
  sub, email: `${sub}@example.com`, email_verified: sub === 'ada', name: 'Ada Lovelace', realm_access: { roles: ['BARISTA'] },
});

const newKeys = (name) => [
  ['rsa', { modulusLength: 2048 }], ['ec', { namedCurve: 'P-256' }], ['ed25519', {}],
].map(([kind, options]) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), kid: `${name}-${kind}`, use: 'sig',
}));

const provider = (issuer, keys) => new Provider(issuer, {
  clients: Object.entries(ALGORITHMS).map(([client_id, id_token_signed_response_alg]) => ({
    client_id, id_token_signed_response_alg, redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none',
  })),
  jwks: { keys },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => claims(sub) }),
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], roles: ['realm_access'] },
  conformIdTokenClaims: false, // the claims are in the ID token itself, and not at the userinfo endpoint only
  cookies: { keys: ['a secret of the tests'] },
  features: {
    devInteractions: { enabled: true },
    // Access tokens are JWTs for the same audience: what must not pass for an ID token.
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'https://cafe.example/graphql',
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: '', audience: 'cafe-web', accessTokenFormat: 'jwt' }),
    },
  },
  ttl: { IdToken: 3600 },
});

console.info = console.error; // standard output is for what we answer
const server = createServer((request, response) => answer(request, response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;

const keys = {};
let answer;
const publish = (...names) => {
  // The first signs; the others are still published.
  const published = names.flatMap((name) => (keys[name] ??= newKeys(name)));
  answer = provider(issuer, published).callback();
};

publish('spring');
console.log(JSON.stringify({ issuer }));
for await (const line of createInterface({ input: process.stdin })) {
  publish(...line.split(' '));
  console.log(JSON.stringify({ issuer }));
}
server.close();
server.closeAllConnections();
