// Package jsonsuite holds our strict JSON reading against the parsing suite that
// JSON parsers are held against. It has tests only.
package jsonsuite
