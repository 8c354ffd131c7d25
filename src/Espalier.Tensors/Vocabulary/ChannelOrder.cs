namespace Espalier.Tensors;

/// <summary>The order of a colour image's channels in a network's input.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue, as in PyTorch.</summary>
    Rgb,

    /// <summary>Blue, green, red, for networks trained with Caffe or OpenCV.</summary>
    Bgr,
}
