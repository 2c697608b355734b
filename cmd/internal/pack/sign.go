package main

import (
	"errors"
	"os"
	"path/filepath"
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
func signArgs(when time.Time, from, to string) ([]string, error) {
	certificate, key := os.Getenv(signCertificate), os.Getenv(signKey)
	switch {
	case certificate == "" && key == "":
		return nil, nil
	case certificate == "" || key == "":
		return nil, errors.New("to sign, both are needed: " + signCertificate + " and " + signKey)
	}
	for _, file := range []*string{&certificate, &key} { // the installer's maker stands elsewhere
		var err error
		if *file, err = filepath.Abs(*file); err != nil {
			return nil, err
		}
	}
	args := []string{"osslsigncode", "sign", "-certs", certificate, "-key", key, "-h", "sha256", "-n", "Linecheck"}
	if authority := os.Getenv(signTimestamp); authority != "" {
		args = append(args, "-ts", authority)
	} else {
		args = append(args, "-time", epoch(when)) // so that the same input gives the same bytes
	}
	return append(args, "-in", from, "-out", to), nil
}

// sign signs a Windows program with Authenticode.
func (r *release) sign(program string) error {
	args, err := signArgs(r.when, program, program+".signed")
	if err != nil || args == nil {
		return err
	}
	if err := run(nil, args[0], args[1:]...); err != nil {
		return err
	}
	return os.Rename(program+".signed", program)
}

// signScript writes what the installer's maker runs to sign the uninstaller, whose name is its argument, and returns
// its path; empty without a certificate. In a script of its own a path may hold what the maker would take for its own.
func (r *release) signScript() (string, error) {
	args, err := signArgs(r.when, "$1", "$1.signed")
	if err != nil || args == nil {
		return "", err
	}
	for i, a := range args {
		quote := `'`
		if strings.HasPrefix(a, "$1") {
			quote = `"`
		}
		args[i] = quote + strings.ReplaceAll(a, `'`, `'\''`) + quote
	}
	script := filepath.Join(r.work, "sign.sh")
	return script, writeFile(script, []byte(strings.Join(args, " ")+` && mv "$1.signed" "$1"`+"\n"))
}
