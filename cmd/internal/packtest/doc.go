// Package packtest tries what is released as those who get it do: it installs the packages
// in a clean system, runs the programs in them, sends a report, and takes them away again.
// Its tests run where LINECHECK_PACKAGES names the folder with the packages, as `make
// package-test` does; they need root, and for Windows wine. How packages are made does not
// come in here, and nothing that is shipped imports it.
package packtest
