namespace Espalier.Formats.Tests;

/// <summary>Loading a state_dict onto the names a network expects.</summary>
public class StateDictMatcherTests
{
    private static readonly ExpectedTensor[] Expected =
    [
        new("conv1.weight", [4, 3, 3, 3], ElementType.Float32),
        new("bn1.weight", [4], ElementType.Float32),
        new("bn1.num_batches_tracked", [], ElementType.Int64),
        new("fc.weight", [2, 4], ElementType.Float32),
    ];

    [Fact]
    public void Gives_the_tensors_in_the_expected_order()
    {
        StateDict given = Given(("fc.weight", [2, 4]), ("bn1.num_batches_tracked", []), ("bn1.weight", [4]), ("conv1.weight", [4, 3, 3, 3]));
        StateDict fitted = StateDictMatcher.Match(Expected, given);
        Assert.Equal(Expected.Select(e => e.Name), fitted.Names);
        Assert.Same(given["fc.weight"], fitted["fc.weight"]);
        Assert.Equal(ElementType.Int64, fitted["bn1.num_batches_tracked"].Type);
    }

    [Fact]
    public void A_missing_batch_counter_is_zero()
    {
        StateDict fitted = StateDictMatcher.Match(Expected, Given(("conv1.weight", [4, 3, 3, 3]), ("bn1.weight", [4]), ("fc.weight", [2, 4])));
        Assert.Equal(0L, fitted["bn1.num_batches_tracked"].Read<long>()[0]);
    }

    [Fact]
    public void Reports_everything_at_once()
    {
        StateDict given = Given(("conv1.weight", [4, 3, 1, 1]), ("bn.weight", [5]), ("extra", [1]), ("another", [1]), ("third", [1]), ("fourth", [1]), ("fc.weight", [2, 4]));
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match(Expected, given));
        Assert.Equal(["bn1.weight"], error.Missing);
        Assert.Equal(["bn.weight", "extra", "another", "third", "fourth"], error.Unexpected);
        Assert.Equal(["conv1.weight is 4x3x1x1, not 4x3x3x3"], error.ShapeMismatches.Select(m => m.ToString()));
        Assert.Empty(error.Suggestion);
        Assert.Equal(
            "the state_dict does not fit the network: 1 missing (bn1.weight); 5 unexpected (bn.weight, extra, another, …); 1 misshapen (conv1.weight is 4x3x1x1, not 4x3x3x3)",
            error.Message);
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float64)]
    public void Floating_point_types_are_converted(ElementType type)
    {
        StateDict fitted = StateDictMatcher.Match([new("a", [2], ElementType.Float32)], new StateDict([new("a", Tensor.From([2], 1.5f, -2f).To(type))]));
        Assert.Equal([1.5f, -2f], fitted["a"].Read<float>().ToArray());
    }

    [Fact]
    public void Integers_where_floating_point_is_expected_are_misshapen()
    {
        var given = new StateDict([new("a", Tensor.Zeros([2], ElementType.Int32))]);
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match([new("a", [2], ElementType.Float32)], given));
        Assert.Equal("a is Int32, not Float32", Assert.Single(error.ShapeMismatches).ToString());
    }

    [Fact]
    public void One_number_in_a_vector_stands_for_a_scalar()
    {
        var given = new StateDict([new("a", Tensor.From([1], 3f))]);
        Assert.Equal("Float32 scalar", StateDictMatcher.Match([new("a", [], ElementType.Float32)], given)["a"].ToString());
    }

    [Fact]
    public void Suggests_the_renaming_that_would_do()
    {
        StateDict given = Given(("conv.weight", [4, 3, 3, 3]), ("bn.weight", [4]), ("bn.num_batches_tracked", []), ("fc.weight", [2, 4]));
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match(Expected, given));
        Assert.Equal([@"(^|\.)conv(\.|$)=${1}conv1$2", @"(^|\.)bn(\.|$)=${1}bn1$2"], error.Suggestion.Select(r => r.ToString()));
        Assert.Contains(@"try --rename '(^|\.)conv(\.|$)=${1}conv1$2'", error.Message, StringComparison.Ordinal);
        Assert.Equal(Expected.Select(e => e.Name), StateDictMatcher.Match(Expected, given, [.. error.Suggestion.Select(r => RenameRule.Parse(r.ToString()))]).Names);
    }

    [Fact]
    public void Suggests_the_same_for_a_checkpoint_without_counters()
    {
        var error = Assert.Throws<StateDictMismatchException>(() =>
            StateDictMatcher.Match(Expected, Given(("conv.weight", [4, 3, 3, 3]), ("bn.weight", [4]), ("fc.weight", [2, 4]))));
        Assert.Equal(2, error.Suggestion.Length);
    }

    [Fact]
    public void Suggests_nothing_that_would_spoil_a_name_that_fits()
    {
        // 'a' → 'b' in front would be the rule, but it would rename 'x.a.weight' too.
        ExpectedTensor[] expected = [new("b.weight", [1], ElementType.Float32), new("x.a.weight", [1], ElementType.Float32)];
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match(expected, Given(("a.weight", [1]), ("x.a.weight", [1]))));
        Assert.Empty(error.Suggestion);
    }

    [Fact]
    public void The_kits_renamed_network_is_recognised()
    {
        StateDict original = CheckpointReader.Read(Kit.Path("weights/resnet20-12fca82f.th")).StateDict;
        StateDict renamed = CheckpointReader.Read(Kit.Path("weights/resnet20-zip.pth")).StateDict;
        ExpectedTensor[] expected = [.. original.Select(t => new ExpectedTensor(t.Key, t.Value.Shape, t.Value.Type))];
        StateDict withoutCounters = new(renamed.Where(t => !t.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)));
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match(expected, withoutCounters));
        Assert.Equal(original.Names, StateDictMatcher.Match(expected, withoutCounters, [.. error.Suggestion]).Names);
    }

    private static StateDict Given(params (string Name, Shape Shape)[] tensors) => new(tensors.Select(t => KeyValuePair.Create(
        t.Name,
        Tensor.Zeros(t.Shape, t.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal) ? ElementType.Int64 : ElementType.Float32))));
}
