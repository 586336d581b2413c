#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "targets/targets.hpp"

namespace attache::fuzz {
namespace {

class Corpus : public testing::TestWithParam<Target> {};

// A file that breaks a promise ends the program: its name is printed before.
TEST_P(Corpus, KeepsThePromisesOfItsTarget) {
  std::filesystem::path folder = std::filesystem::path(ATTACHE_FUZZ_FOLDER) / "corpus" / GetParam().name;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::string input{std::istreambuf_iterator<char>(file), {}};
    std::printf("%s\n", entry.path().c_str());
    std::fflush(stdout);
    GetParam().run(input);
    ++files;
  }
  EXPECT_GT(files, 0U);
}

INSTANTIATE_TEST_SUITE_P(Targets, Corpus, testing::ValuesIn(targets),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace attache::fuzz
