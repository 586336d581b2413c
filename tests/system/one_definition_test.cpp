#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attache::system_test {
namespace {

/// The symbols of the program as `nm` lists them: address, kind and mangled name, a line each.
std::vector<std::string> symbols_of_the_program() {
  std::unique_ptr<FILE, int (*)(FILE*)> list(::popen("nm --defined-only " ATTACHE_PROGRAM, "r"), ::pclose);
  std::vector<std::string> lines;
  std::string line;
  for (int byte = std::fgetc(list.get()); byte != EOF; byte = std::fgetc(list.get())) {
    if (byte == '\n') {
      lines.push_back(std::exchange(line, {}));
    } else {
      line += static_cast<char>(byte);
    }
  }
  return lines;
}

// A variable inside a function (_ZZ…): one of an anonymous namespace or a static function is each file's own,
// and code (kinds t and w) is none.
bool is_shared_variable(char kind, const std::string& name) {
  bool is_data = std::string_view("bBdDrRuVv").find(kind) != std::string_view::npos;
  return is_data && name.starts_with("_ZZ") && !name.starts_with("_ZZL") &&
         name.find("_GLOBAL__N_") == std::string::npos;
}

// A library that was compiled in two ways has the objects that there must be one of (error categories, say)
// twice: such a function's own variable then stands at two addresses.
TEST(Program, HasEachObjectOfItsLibrariesOnce) {
  std::map<std::string, std::set<std::string>> places;
  for (const std::string& line : symbols_of_the_program()) {
    std::size_t before_name = line.rfind(' ');
    std::string name = line.substr(before_name + 1);
    if (is_shared_variable(line[before_name - 1], name)) {
      places[name].insert(line.substr(0, line.find(' ')));
    }
  }
  ASSERT_GT(places.size(), 20U) << "is nm installed, and the program not stripped?";
  std::vector<std::string> doubled;
  for (const auto& [name, at] : places) {
    if (at.size() > 1) {
      doubled.push_back(name);
    }
  }
  EXPECT_THAT(doubled, testing::IsEmpty());
}

}  // namespace
}  // namespace attache::system_test
