/**
 * The proxy for an endpoint, out of the variables that corporate networks set; pure. As curl reads them: lower case wins,
 * a proxy without a scheme is an http one, `%` in a password need not be written as `%25`, and NO_PROXY names hosts with
 * all that is below them.
 *
 *   HTTPS_PROXY=proxy.corp:8080                       for https endpoints
 *   HTTP_PROXY=http://user:password@proxy.corp:8080   for http endpoints
 *   NO_PROXY=localhost,.corp,10.1.2.3:8080,*          reached without
 *
 * Only the variable that is needed is looked at: a bad HTTP_PROXY is nothing to a call over https.
 */
import { ConfigurationError } from "../errors";

export interface ProxyServer {
  /** As undici's ProxyAgent takes it; `token` is the header that lets us through. */
  readonly settings: { readonly uri: string; readonly token?: string };
  /** For messages: scheme, host and port, never the user. */
  readonly shown: string;
}

type Env = Readonly<Record<string, string | undefined>>;

export function proxyFor(endpoint: URL, env: Env): ProxyServer | undefined {
  const name = endpoint.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = env[name.toLowerCase()] ?? env[name] ?? "";
  if (text === "" || isExempt(endpoint, env.no_proxy ?? env.NO_PROXY ?? "")) return undefined;
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text.replace(/^\/\//, "")}`;
  // Never quoted, nor as a cause: it may hold a password.
  const url = URL.canParse(written) ? new URL(written) : undefined;
  // A "/", "?" or "#" in a password ends the host before it.
  if (!url || (written.includes("@") && !url.username)) {
    throw unusable(
      name,
      "is no URL: write it as http://host:port or http://user:password@host:port, with special characters as %XX",
    );
  }
  const { protocol, host, username, password } = url;
  if (protocol !== "http:" && protocol !== "https:") {
    throw unusable(name, `is of another kind (${protocol}//) than the client speaks: name an http:// or https:// one`);
  }
  const uri = `${protocol}//${host}`;
  if (username === "" && password === "") return { settings: { uri }, shown: uri };
  // The URL holds its UTF-8 bytes as %XX, so each character here is a byte.
  const login = Buffer.from(`${plain(username)}:${plain(password)}`, "latin1").toString("base64");
  return { settings: { uri, token: `Basic ${login}` }, shown: uri };
}

const unusable = (name: string, problem: string) => new ConfigurationError("proxy", `The proxy in ${name} ${problem}.`);

/** Percent-encoded bytes as they are meant; a `%` that encodes nothing is itself. */
const plain = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function isExempt({ protocol, hostname, port }: URL, noProxy: string): boolean {
  const ourPort = port || (protocol === "https:" ? "443" : "80");
  return noProxy.split(/[,\s]+/).some((entry) => {
    if (entry === "*") return true;
    const [, host = "", itsPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (host === "" || (itsPort !== undefined && itsPort !== ourPort)) return false;
    return hostname === host || hostname.endsWith(`.${host}`);
  });
}
