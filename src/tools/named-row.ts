import { LtmcError } from '../errors.ts';
import { formatRef, parseRef, type Ref } from '../ids.ts';

/** The row that a call names by `resource_id` or by `ref`. Throws `invalid_argument` for none and for two. */
export function refOf(resourceId: number | undefined, refText: string | undefined): Ref {
  const byId: Ref | undefined = resourceId === undefined ? undefined : { kind: 'memory', id: resourceId };
  const byRef = refText === undefined ? undefined : parseRef(refText);
  if (
    byId !== undefined &&
    byRef !== undefined &&
    formatRef(byId.kind, byId.id) !== formatRef(byRef.kind, byRef.id)
  ) {
    throw new LtmcError(
      'invalid_argument',
      `Expected resource_id and ref to name one item, got ${byId.id} and ${formatRef(byRef.kind, byRef.id)}.`,
      'Give one of the two.',
    );
  }
  const ref = byRef ?? byId;
  if (ref !== undefined) return ref;
  throw new LtmcError(
    'invalid_argument',
    'Expected resource_id or ref, got neither.',
    'Give one of the two.',
  );
}
