// Package siege holds tests of what the server withstands: too much, too slow, too deep, full disks, kills
// at any moment. They run the server as it is shipped. No code comes in here.
package siege
