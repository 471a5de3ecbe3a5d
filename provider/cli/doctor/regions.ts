import { nearest } from "../../nearest";
import type { Finding } from "./finding";
import { ok, warning } from "./finding";

/** AWS's regions by partition; a test compares them with the AWS SDK's, so that it fails when AWS has one more. */
export const REGIONS: readonly string[] = [
  `us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1 sa-west-1
   eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
   af-south-1 il-central-1 me-central-1 me-south-1 me-west-1 ap-east-1 ap-east-2 ap-south-1 ap-south-2
   ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4
   ap-southeast-5 ap-southeast-6 ap-southeast-7`,
  "cn-north-1 cn-northwest-1",
  "us-gov-east-1 us-gov-west-1",
  "eusc-de-east-1",
  "us-iso-east-1 us-iso-west-1",
  "us-isob-east-1 us-isob-west-1",
  "eu-isoe-west-1",
  "us-isof-east-1 us-isof-south-1",
].flatMap((partition) => partition.split(/\s+/));

/** One that isn't listed may be newer than the list, so it is no problem. */
export function checkRegion(region: string, found: string): Finding {
  if (REGIONS.includes(region)) return ok("region", found);
  const meant = nearest(region, REGIONS);
  const question = meant === undefined ? "Write one like eu-central-1" : `Write ${meant} if that is meant`;
  return warning(
    "region",
    `${found}: no region of AWS that this release knows of`,
    `${question}, unless it is a new one.`,
  );
}
