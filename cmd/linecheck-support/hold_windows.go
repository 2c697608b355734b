package main

import (
	"bufio"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/term"

	"linecheck/cmd/internal/wiring"
)

// hold waits for the Enter key where the console was opened for this program alone, and would close with it before
// anybody has read what it says.
func hold() {
	var those [2]uint32
	count, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleProcessList").Call(uintptr(unsafe.Pointer(&those[0])), uintptr(len(those)))
	words, err := wiring.Messages("")
	if count != 1 || err != nil || !term.IsTerminal(int(os.Stdin.Fd())) {
		return
	}
	fmt.Fprintf(os.Stderr, "\n%s ", words.Name("ask.close"))
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
}
