namespace Espalier.Graphs.Tests;

public class ScopePatternTests
{
    [Theory]
    [InlineData("layer3", "layer3", true)]
    [InlineData("layer3", "layer3.0.conv1", true)]
    [InlineData("layer3", "layer30.conv1", false)]
    [InlineData("layer*.0.conv?", "layer2.0.conv1", true)]
    [InlineData("layer*.0.conv?", "layer2.1.conv1", false)]
    [InlineData("*.conv2", "layer2.1.conv2", true)]
    [InlineData("*.0", "layer2.0.conv2", true)]
    [InlineData("conv", "conv1", false)]
    [InlineData("", "conv1", false)]
    public void A_pattern_means_names_and_whole_scopes(string pattern, string name, bool matches) =>
        Assert.Equal(matches, ScopePattern.Matches(pattern, name));
}
