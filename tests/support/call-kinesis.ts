/** Asks an emulator as somebody else would: with nothing of the provider's, and a signature that no emulator checks. */
export async function askKinesis(
  url: string,
  operation: string,
  input: object,
  accessKeyId = "test",
): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "x-amz-target": `Kinesis_20131202.${operation}`,
      "content-type": "application/x-amz-json-1.1",
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0`,
      "x-amz-date": "20260101T000000Z",
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, text: await response.text() };
}

/** As askKinesis; fails with what the emulator said unless it did what it was asked for. */
export async function callKinesis<Answer = Record<string, unknown>>(
  ...[url, operation, input, accessKeyId]: Parameters<typeof askKinesis>
): Promise<Answer> {
  const { status, text } = await askKinesis(url, operation, input, accessKeyId);
  if (status !== 200) throw new Error(`${operation}: ${status} ${text}`);
  return (text === "" ? {} : JSON.parse(text)) as Answer;
}
