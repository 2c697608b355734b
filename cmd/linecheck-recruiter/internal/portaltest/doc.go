// Package portaltest holds tests of the portal as people use it: the server as it is shipped, and a
// real Chromium in which somebody signs in, invites, uploads, decides and erases. No code comes in here.
package portaltest
