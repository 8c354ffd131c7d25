namespace Espalier.Cli.Tests.Terminals;

public sealed class VerbTableTests
{
    [Fact]
    public void Every_verb_is_tried_in_terminals()
    {
        IEnumerable<Type> verbs = typeof(Verb).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Verb)));
        Assert.Equal(verbs.Select(type => type.Name).Order(), VerbCase.All.Keys.Select(type => type.Name).Order());
    }

    [Fact]
    public void What_cannot_be_interrupted_under_a_bar_says_why() =>
        Assert.All(VerbCase.All, each => Assert.True(each.Value.Lasting is null == each.Value.WhyNotLasting.Length > 0, each.Key.Name));
}
