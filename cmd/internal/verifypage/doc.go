// Command verifypage makes verify.html, the page that verifies reports offline.
// Built for a browser (GOOS=js GOARCH=wasm) the same command is the verifier
// inside that page. What a result means is decided in report/verify and put
// into words in the package answer; how it looks is the package page's.
package main
