package main

import (
	"os"

	"docent/attachment"
	"docent/server"
)

// readPDF is the one argument of the process that reads an attached PDF file for
// the server. It is no command: the process ends itself, and nothing else may run in it.
const readPDF = "read-pdf"

// readsPDF reads the file from stdin where this is that process.
func readsPDF(args []string) (exit int, is bool) {
	if len(args) != 2 || args[1] != readPDF {
		return 0, false
	}
	return attachment.ReadPDF(os.Stdin, os.Stdout), true
}

// pdfReader lets the server start this program again for each PDF file.
func pdfReader() (server.Option, error) {
	program, err := os.Executable()
	return server.WithPDFReader(program, readPDF), err
}
