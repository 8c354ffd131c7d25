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
        Assert.Equal(["conv1.weight is 4x3x1x1 in the file and 4x3x3x3 in the network"], error.ShapeMismatches.Select(m => m.ToString()));
        Assert.Empty(error.Suggestion);
        Assert.Equal(
            "the state_dict does not fit the network: 1 missing (bn1.weight); 5 unexpected (bn.weight, extra, another, …); 1 of another shape or type (conv1.weight is 4x3x1x1 in the file and 4x3x3x3 in the network)",
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
    public void Extents_of_1_at_the_end_make_no_difference()
    {
        StateDict given = new([new("scale", Tensor.From([2, 1, 1], 1.5f, -2f)), new("point", Tensor.From([1, 2], 3f, 4f)), new("temperature", Tensor.From([1], 5f))]);
        StateDict fitted = StateDictMatcher.Match([new("scale", [2], ElementType.Float32), new("point", [1, 2, 1, 1], ElementType.Float32), new("temperature", [], ElementType.Float32)], given);
        Assert.Equal(new Shape[] { [2], [1, 2, 1, 1], [] }, fitted.Names.Select(name => fitted[name].Shape));
        Assert.Equal([1.5f, -2f], fitted["scale"].Read<float>().ToArray());
        Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match([new("scale", [1, 2], ElementType.Float32)], new StateDict([new("scale", Tensor.From([2], 1f, 2f))])));
    }

    [Fact]
    public void Integers_where_floating_point_is_expected_are_refused()
    {
        var given = new StateDict([new("a", Tensor.Zeros([2], ElementType.Int32))]);
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match([new("a", [2], ElementType.Float32)], given));
        Assert.Equal("a is Int32 in the file and Float32 in the network", Assert.Single(error.ShapeMismatches).ToString());
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
        Assert.Equal([@"(^|\.)conv(\.|$)=>${1}conv1$2", @"(^|\.)bn(\.|$)=>${1}bn1$2"], error.Suggestion.Select(r => r.ToString()));
        Assert.Contains(@"after renaming '(^|\.)conv(\.|$)=>${1}conv1$2'", error.Message, StringComparison.Ordinal);
        Assert.Equal(Expected.Select(e => e.Name), StateDictMatcher.Match(Expected, RenameRule.Apply([.. error.Suggestion.Select(r => RenameRule.Parse(r.ToString()))], given)).Names);
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

    [Theory(DisplayName = "Faults: a prefix common to all names is suggested as one rule")]
    [InlineData("model.", @"^model\.=>")]
    [InlineData("0.", @"^0\.=>")]
    [InlineData("net.encoder.", @"^net\.encoder\.=>")]
    public void A_common_prefix_is_one_rule(string prefix, string rule)
    {
        var given = new StateDict(Given(("conv1.weight", [4, 3, 3, 3]), ("bn1.weight", [4]), ("bn1.num_batches_tracked", []), ("fc.weight", [2, 4])).Select(t => KeyValuePair.Create(prefix + t.Key, t.Value)));
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match(Expected, given));
        Assert.Equal(rule, Assert.Single(error.Suggestion).ToString());
    }

    [Fact]
    public void A_missing_prefix_is_one_rule()
    {
        ExpectedTensor[] expected = [new("net.a.weight", [1], ElementType.Float32), new("net.b.weight", [2], ElementType.Float32)];
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match(expected, Given(("a.weight", [1]), ("b.weight", [2]))));
        Assert.Equal("^=>net.", Assert.Single(error.Suggestion).ToString());
    }

    [Fact(DisplayName = "Faults: a checkpoint saved after pruning was removed in PyTorch, with other scope names")]
    public void Tensors_are_paired_by_the_last_part_of_their_names()
    {
        // torch.nn.utils.prune.remove puts weight behind bias; both have the shape of a norm's.
        ExpectedTensor[] expected = [new("bn1.weight", [4], ElementType.Float32), new("bn1.bias", [4], ElementType.Float32), new("fc.weight", [2, 4], ElementType.Float32), new("fc.bias", [2], ElementType.Float32)];
        StateDict given = Given(("norm.bias", [4]), ("norm.weight", [4]), ("out.bias", [2]), ("out.weight", [2, 4]));
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match(expected, given));
        StateDict renamed = RenameRule.Apply([.. error.Suggestion], given);
        Assert.Same(given["norm.weight"], renamed["bn1.weight"]);
        Assert.Same(given["norm.bias"], renamed["bn1.bias"]);
        Assert.Same(given["out.weight"], renamed["fc.weight"]);
    }

    [Fact]
    public void Nothing_is_suggested_where_kinds_differ()
    {
        ExpectedTensor[] expected = [new("bn1.weight", [4], ElementType.Float32), new("bn1.bias", [4], ElementType.Float32)];
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match(expected, Given(("norm.gamma", [4]), ("norm.beta", [4]))));
        Assert.Empty(error.Suggestion);
    }

    [Theory(DisplayName = "Faults: a state_dict whose num_batches_tracked is float, half or double")]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.Float64)]
    public void A_counter_may_be_of_a_floating_point_type(ElementType type)
    {
        StateDict given = new(Given(("conv1.weight", [4, 3, 3, 3]), ("bn1.weight", [4]), ("fc.weight", [2, 4])).Append(new("bn1.num_batches_tracked", Tensor.From([], 57f).To(type))));
        StateDict fitted = StateDictMatcher.Match(Expected, given);
        Assert.Equal(57, fitted["bn1.num_batches_tracked"].Read<long>()[0]);
    }

    [Fact]
    public void The_kits_renamed_network_is_recognised()
    {
        StateDict original = CheckpointReader.Read(Kit.Path("weights/resnet20-12fca82f.th")).StateDict;
        StateDict renamed = CheckpointReader.Read(Kit.Path("weights/resnet20-zip.pth")).StateDict;
        ExpectedTensor[] expected = [.. original.Select(t => new ExpectedTensor(t.Key, t.Value.Shape, t.Value.Type))];
        StateDict withoutCounters = new(renamed.Where(t => !t.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)));
        var error = Assert.Throws<StateDictMismatchException>(() => StateDictMatcher.Match(expected, withoutCounters));
        Assert.Equal(original.Names, StateDictMatcher.Match(expected, RenameRule.Apply([.. error.Suggestion], withoutCounters)).Names);
    }

    private static StateDict Given(params (string Name, Shape Shape)[] tensors) => new(tensors.Select(t => KeyValuePair.Create(
        t.Name,
        Tensor.Zeros(t.Shape, t.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal) ? ElementType.Int64 : ElementType.Float32))));
}
