import { LtmcError } from '../errors.ts';
import { formatRef, parseRef, type Ref } from '../ids.ts';

/**
 * The row that a call names by `resource_id` or by `ref`. Throws `invalid_argument` for none and for two;
 * `otherNames` are further arguments that could have named it.
 */
export function refOf(
  resourceId: number | undefined,
  refText: string | undefined,
  otherNames: readonly string[] = [],
): Ref {
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
    `Expected ${['resource_id', 'ref', ...otherNames].join(' or ')}, got none.`,
    'Give one of them.',
  );
}
