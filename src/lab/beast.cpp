// Code of Boost libraries that are not in headers only by choice, compiled once for the whole program.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
#include <boost/json/src.hpp>
