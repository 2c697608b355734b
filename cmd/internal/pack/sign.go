package main

import (
	"os"
	"strings"
	"time"
)

// The certificate that Windows programs are signed with comes from the environment: files
// in PEM, and the address of a time stamp authority (RFC 3161). Without it nothing is signed.
const (
	signCertificate = "LINECHECK_SIGN_CERTIFICATE"
	signKey         = "LINECHECK_SIGN_KEY"
	signTimestamp   = "LINECHECK_SIGN_TIMESTAMP"
)

// signArgs sign the first file into the second; nil without a certificate.
func signArgs(when time.Time, from, to string) []string {
	certificate, key := os.Getenv(signCertificate), os.Getenv(signKey)
	if certificate == "" || key == "" {
		return nil
	}
	args := []string{"osslsigncode", "sign", "-certs", certificate, "-key", key, "-h", "sha256", "-n", "Linecheck"}
	if authority := os.Getenv(signTimestamp); authority != "" {
		args = append(args, "-ts", authority)
	} else {
		args = append(args, "-time", epoch(when)) // so that the same input gives the same bytes
	}
	return append(args, "-in", from, "-out", to)
}

// sign signs a Windows program with Authenticode.
func (r *release) sign(program string) error {
	args := signArgs(r.when, program, program+".signed")
	if args == nil {
		return nil
	}
	if err := run(nil, args[0], args[1:]...); err != nil {
		return err
	}
	return os.Rename(program+".signed", program)
}

// signCommand is what the installer's maker runs to sign the uninstaller, whose name
// stands for %1; empty without a certificate.
func signCommand(when time.Time) string {
	args := signArgs(when, "%1", "%1.signed")
	if args == nil {
		return ""
	}
	return strings.Join(args, " ") + " && mv %1.signed %1"
}
