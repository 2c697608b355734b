//go:build !(js && wasm)

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"linecheck/assets"
	"linecheck/cmd/internal/verifypage/page"
	"linecheck/report/advice"
)

func main() {
	out := flag.String("o", "verify.html", "file for the page")
	tool := flag.String("go", "go", "the go command")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := write(ctx, *tool, *out); err != nil {
		fmt.Fprintln(os.Stderr, "verifypage:", err)
		os.Exit(1)
	}
}

func write(ctx context.Context, tool, out string) error {
	text, err := assets.Locale("en")
	if err != nil {
		return err
	}
	words, err := advice.Parse(text)
	if err != nil {
		return err
	}
	parts, err := page.Compile(ctx, tool)
	if err != nil {
		return err
	}
	html, err := page.Make(parts, words)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return os.WriteFile(out, html, 0o644)
}
