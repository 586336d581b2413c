// Boost.JSON's code, compiled once for the whole program.
#include <boost/json/src.hpp>
