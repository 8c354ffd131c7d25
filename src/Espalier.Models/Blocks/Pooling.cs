namespace Espalier.Models;

/// <summary>How the 3x3 convolutions of residual blocks that halve the size do it: by their stride, or with stride 1 and a pool against aliasing.</summary>
public enum Pooling
{
    /// <summary>The convolution has the stride (He 2015).</summary>
    Strided,

    /// <summary>A 2x2 average pool after the convolution's ReLU, and another one instead of the stem's max pool: timm's <c>resnetaa</c>.</summary>
    Average,

    /// <summary>A blur pool (Zhang 2019, "Making convolutional networks shift-invariant again") after the convolution's ReLU and after the stem's max pool, which has stride 1: timm's <c>resnetblur</c>.</summary>
    Blur,

    /// <summary>A 3x3 average pool before the convolution (Zhang 2020, "ResNeSt", §3.3).</summary>
    AverageBefore,

    /// <summary>A 3x3 average pool after the convolution (Zhang 2020).</summary>
    AverageAfter,
}
