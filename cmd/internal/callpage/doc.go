// Package callpage holds the tests of the page that tries a call in a person's
// browser: a real browser against the real server, with the link that the real
// applicant's program prints. It has no code of its own.
package callpage
