//go:build cgo

package main

/*
#cgo LDFLAGS: -framework Cocoa
#include "link_darwin.h"
*/
import "C"

import "runtime/cgo"

// receiveLinks hands the links that macOS sends to this program to take. macOS gives no
// link as an argument but sends an Apple event, to the program that is open or to
// one that it starts for it. In the latter case the event comes while the graphics library launches the
// application, long before there is a window; so this must be called before it. take is called on
// the main thread, and must not wait for it.
func receiveLinks(take func(link string)) {
	C.linecheck_receive_links(C.uintptr_t(cgo.NewHandle(take))) // for as long as the program runs
}

//export linecheckLink
func linecheckLink(take C.uintptr_t, link *C.char) {
	cgo.Handle(take).Value().(func(string))(C.GoString(link))
}
