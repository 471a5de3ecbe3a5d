/** Credentials and endpoint for an emulator: what the engine, a provider or a client has to find in its environment. */
export function emulatorEnv(url: string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_KINESIS: url,
  };
}
