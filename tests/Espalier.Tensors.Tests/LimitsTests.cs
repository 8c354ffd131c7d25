using System.Reflection;

namespace Espalier.Tensors.Tests;

public sealed class LimitsTests
{
    [Fact]
    public void The_defaults_are_those_of_a_new_record_and_none_is_zero()
    {
        Assert.Equal(new Limits(), Limits.Default);
        PropertyInfo[] limits = typeof(Limits).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        Assert.NotEmpty(limits);
        Assert.All(limits, limit => Assert.True(Convert.ToInt64(limit.GetValue(Limits.Default)!, null) > 0, limit.Name));
    }

    [Fact]
    public void One_limit_changes_alone()
    {
        Limits strict = Limits.Default with { TensorCount = 3 };
        Assert.Equal(3, strict.TensorCount);
        Assert.Equal(Limits.Default, strict with { TensorCount = Limits.Default.TensorCount });
    }

    [Fact]
    public void The_largest_published_classifier_passes()
    {
        // torchvision's largest are ViT-H/14 and RegNet-Y-128GF: 633 and 645 million parameters of 4 bytes.
        Assert.True(Limits.Default.FileBytes > 645_000_000L * 4);
        Assert.True(Limits.Default.TensorBytes > 645_000_000L * 4);
    }
}
