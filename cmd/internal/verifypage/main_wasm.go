//go:build js && wasm

package main

import (
	"fmt"
	"syscall/js"

	"linecheck/assets"
	"linecheck/cmd/internal/verifypage/answer"
	"linecheck/report/advice"
)

// main gives the page one function, verify(reportBytes, trustBytes, atMillis),
// which returns JSON and never throws, and then waits to be called.
func main() {
	words, err := catalogue()
	js.Global().Set("verify", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if err != nil {
			return answer.Problem(err.Error(), &advice.Catalogue{}).JSON()
		}
		return call(args, words)
	}))
	select {}
}

func catalogue() (*advice.Catalogue, error) {
	text, err := assets.Locale("en")
	if err != nil {
		return nil, err
	}
	return advice.Parse(text)
}

func call(args []js.Value, words *advice.Catalogue) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = answer.Problem(fmt.Sprint(p), words).JSON()
		}
	}()
	if len(args) != 3 || args[2].Type() != js.TypeNumber {
		return answer.Problem("verify(reportBytes, trustBytes, atMillis) was called with other arguments", words).JSON()
	}
	return answer.For(bytesOf(args[0]), bytesOf(args[1]), args[2].Float(), words).JSON()
}

// bytesOf copies a Uint8Array; anything else panics, which call catches.
func bytesOf(v js.Value) []byte {
	data := make([]byte, v.Get("length").Int())
	js.CopyBytesToGo(data, v)
	return data
}
