// Code of Beast and asio::ssl, which are in headers only by choice, compiled once for the whole program.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
