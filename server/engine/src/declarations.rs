//! The generated part of `policy.d.ts`: the payload of every action type, as TypeScript.
