using Espalier.Tensors;

namespace Espalier.Tests;

public sealed class RuntimesTests
{
    [Fact]
    public void Every_runtime_is_found_by_its_name()
    {
        Assert.Equal(Runtimes.All.Select(runtime => runtime.Name), Runtimes.Names);
        Assert.All(Runtimes.All, runtime => Assert.Same(runtime, Runtimes.Find(runtime.Name)));
        Assert.Contains("expected cpu or reference", Assert.Throws<EspalierException>(() => Runtimes.Find("abacus")).Message, StringComparison.Ordinal);
    }
}
