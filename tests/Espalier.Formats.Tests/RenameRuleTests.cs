using System.Diagnostics;

namespace Espalier.Formats.Tests;

public class RenameRuleTests
{
    [Theory]
    [InlineData(@"^conv\.=conv1.", "conv.weight", "conv1.weight")]
    [InlineData(@"^conv\.=conv1.", "layer1.conv.weight", "layer1.conv.weight")]
    [InlineData(@"layer(\d+)=stage$1", "layer1.layer2", "stage1.stage2")]
    [InlineData(@"(?<n>\d+)=<${n}>", "a.12", "a.<12>")]
    [InlineData("prefix.=", "prefix.fc", "fc")]
    [InlineData(@"^conv\.=>conv1.", "conv.weight", "conv1.weight")]
    [InlineData("^model\\.=>", "model.fc", "fc")]
    [InlineData("(?=x)=y", "ax", "ayx")] // a lookahead needs backtracking, and has an '=' of its own
    public void Replaces_every_match(string rule, string name, string renamed) => Assert.Equal(renamed, RenameRule.Parse(rule).Apply(name));

    [Theory]
    [InlineData("no divider", "is not a renaming rule")]
    [InlineData("=x", "is not a renaming rule")]
    [InlineData("(=x", "'(' is not a valid regular expression")]
    [InlineData("a=>stage$1111111111111n", "is no replacement of a renaming rule")]
    public void Text_that_is_no_rule_is_an_error(string rule, string reason) =>
        Assert.Contains(reason, Assert.Throws<EspalierException>(() => RenameRule.Parse(rule)).Message, StringComparison.Ordinal);

    [Fact]
    public void Expressions_that_explode_elsewhere_end_soon()
    {
        var watch = Stopwatch.StartNew();
        string name = new('a', 5000);
        Assert.Equal(name + "!", new RenameRule("^(a+)+$", "x").Apply(name + "!"));
        Assert.Throws<EspalierException>(() => new RenameRule("^(a+)+(?=b)$", "x").Apply(name + "!"));
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"took {watch.Elapsed}");
    }

    [Fact(DisplayName = "Faults: a rule whose right side is empty")]
    public void A_name_of_which_nothing_is_left_is_an_error()
    {
        var tensors = new StateDict([new("n_averaged", Tensor.Zeros([1]))]);
        string message = Assert.Throws<EspalierException>(() => RenameRule.Apply([RenameRule.Parse("n_averaged=>")], tensors)).Message;
        Assert.Contains("nothing of the name 'n_averaged'", message, StringComparison.Ordinal);
        Assert.Contains("--drop '^n_averaged$'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_names_that_become_one_are_an_error()
    {
        var tensors = new StateDict([new("a1", Tensor.Zeros([1])), new("a2", Tensor.Zeros([1]))]);
        string message = Assert.Throws<EspalierException>(() => RenameRule.Apply([RenameRule.Parse(@"\d=")], tensors)).Message;
        Assert.Equal("the renaming rules give both 'a1' and 'a2' the name 'a'", message);
    }
}
