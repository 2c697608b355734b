package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"linecheck/cmd/internal/cli"
)

// The program itself runs in the scripts, as a command of its name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		name: func() { os.Exit(cli.Main(root(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
