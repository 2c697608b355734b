// Package machine looks at the computer itself: how many cores, how busy, how
// fast, how punctual ([CPU]), and how much memory and disk ([Memory]). It
// computes on the computer's own processor and asks the system; it uses no
// network, sound or window, and it never reads what names a computer or a
// person: no host name, serial number, address or user name comes in here.
package machine
