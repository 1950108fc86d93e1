import "./reflection.ts"; // first: without it the library refuses to load

export * from "@peculiar/x509";
