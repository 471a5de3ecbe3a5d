import type { Behaviour } from "./misbehaving-server";
import { ok, raw } from "./misbehaving-server";

/**
 * What stands behind AWS's credential chain, by one server: STS, SSO, a container's endpoint, an instance's metadata. Each
 * time it hands out other keys, named after their source.
 */
export function fakeAws(validForMs = 3_600_000): Behaviour {
  let given = 0;
  const next = (source: string) => ({
    AccessKeyId: `${source}-${++given}`,
    SecretAccessKey: "secret",
    Token: "token",
    Expiration: new Date(Date.now() + validForMs).toISOString().replace(/\.\d+/, ""),
  });
  const sts = (action: string): Behaviour => {
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = next(action);
    return raw(
      200,
      `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
        <AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn></AssumedRoleUser>
        <Credentials><AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey>
        <SessionToken>${Token}</SessionToken><Expiration>${Expiration}</Expiration></Credentials>
      </${action}Result></${action}Response>`,
      { "content-type": "text/xml" },
    );
  };
  return (response, seen, socket) => {
    const answer = (): Behaviour => {
      const path = seen.path.replace(/\?.*/, "");
      if (path === "/container") {
        return seen.headers.authorization === "of-the-container" ? ok(next("container")) : raw(403, "{}");
      }
      if (path === "/latest/api/token") return raw(200, "metadata-token");
      if (path === "/latest/meta-data/iam/security-credentials/") return raw(200, "the-role");
      if (path === "/latest/meta-data/iam/security-credentials/the-role") {
        return ok({ Code: "Success", Type: "AWS-HMAC", LastUpdated: "2024-01-01T00:00:00Z", ...next("instance") });
      }
      if (path === "/federation/credentials") {
        const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = next("sso");
        const expiration = Date.now() + validForMs;
        return ok({ roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration } });
      }
      const action = new URLSearchParams(seen.body).get("Action");
      return action ? sts(action) : raw(404, "");
    };
    answer()(response, seen, socket);
  };
}
