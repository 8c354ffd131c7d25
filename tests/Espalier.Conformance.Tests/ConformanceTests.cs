using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>Every runtime computes what the ops are defined to: op by op, family by family, on random networks, in any size.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string, string> RuntimesAndOps => [.. from runtime in Runtimes.Names.Select(row => row.Data) from op in Case.OpNames select (runtime, op)];

    [Theory]
    [MemberData(nameof(RuntimesAndOps))]
    public void An_op_is_computed_and_differentiated_as_it_is_defined(string runtime, string op)
    {
        Runtimes.RequireTime(runtime, op);
        if (op == nameof(Quantize) && Runtimes.IsEmulated(runtime))
        {
            Assert.All(Case.Ops(op), each => Assert.Contains("8-bit", Assert.Throws<EspalierException>(() => Runtimes.Get(runtime).Prepare(each.Model)).Message, StringComparison.Ordinal));
        }
        else
        {
            Holds(Case.Ops(op), each => Check.Inference(Runtimes.Get(runtime), each));
        }

        Holds(Case.Ops(op), each => Check.Training(Runtimes.Get(runtime), each));
    }

    [Theory]
    [MemberData(nameof(Runtimes.OfProcessors), MemberType = typeof(Runtimes))]
    public void A_network_of_every_family_has_its_outputs(string runtime) => Holds(FullRun.OneOf(runtime == "cpu" ? 2 : 6, Case.Zoo, runtime), each => Check.Inference(Runtimes.Get(runtime), each));

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void Random_networks_have_their_outputs_and_gradients(string runtime)
    {
        int count = Runtimes.IsEmulated(runtime) ? 3 : int.MaxValue;
        Holds(Case.Random.Take(count), each => Check.Inference(Runtimes.Get(runtime), each));
        Holds(Case.Random.Take(count).Where(each => each.Batch > 1), each => Check.Training(Runtimes.Get(runtime), each, Check.ThroughNetworks));
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void Samples_of_any_size_are_run(string runtime) => Holds(Case.Sizes.Where(each => !Runtimes.IsEmulated(runtime) || each.Sample!.Value.Count < 200), each => Check.Inference(Runtimes.Get(runtime), each));

    [Fact]
    public void Every_op_has_cases() => Assert.All(Case.OpNames, op => Assert.NotEmpty(Case.Ops(op)));

    [Fact]
    public void Every_family_of_the_zoo_has_a_case() => Assert.Equal(
        [],
        Models.Zoo.Entries.Select(entry => entry.Family).Distinct().Except(Case.Zoo.Select(each => Models.Zoo.Find(each.Name).Family)));

    private static void Holds(IEnumerable<Case> cases, Func<Case, string?> check)
    {
        int run = 0;
        foreach (Case each in cases)
        {
            string? failure = check(each);
            Assert.True(failure is null, $"{failure}\n{each.Model.Graph}");
            run++;
        }

        Assert.True(run > 0, "a suite that ran no case shows nothing");
    }
}
