export {}; // stands in a bundle for a module that its program never uses
