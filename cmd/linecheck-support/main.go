// Command linecheck-support is the check from a terminal: see package supportcmd. On
// Linux the packages have it as another name of linecheck, which holds it, too.
package main

import (
	"os"

	"linecheck/cmd/internal/supportcmd"
)

func main() {
	status := supportcmd.Main()
	hold()
	os.Exit(status)
}
