import "reflect-metadata"; // first: without it the library refuses to load

export * from "@peculiar/x509";
