using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A matrix in memory.</summary>
/// <param name="view">The memory.</param>
/// <param name="index">Elements from one row or column to the next.</param>
/// <param name="term">Elements from one term to the next.</param>
/// <param name="part">Elements from one part to the next.</param>
internal readonly struct Matrix(ArrayView<float> view, int index, int term, int part = 0) : IOperand
{
    private readonly ArrayView<float> _view = view;
    private readonly int _index = index, _term = term, _part = part;

    public Place At(int index, int part) => new() { Base = (index * _index) + (part * _part) };

    public float Load(Place place, int term) => _view[place.Base + (term * _term)];
}

/// <summary>The pixels that a convolution reads: a column for each output pixel of each sample, a term for each position of the kernel in each channel (im2col).</summary>
internal readonly struct ImageColumns(ArrayView<float> input, ArrayView<Tap> taps, ConvolutionShape shape) : IOperand
{
    private readonly ArrayView<float> _input = input;
    private readonly ArrayView<Tap> _taps = taps;
    private readonly ConvolutionShape _shape = shape;

    public Place At(int index, int part)
    {
        int sample = index / _shape.OutPixels, pixel = index % _shape.OutPixels;
        return new Place
        {
            Base = (sample * _shape.InLength) + (part * _shape.InEach * _shape.Pixels),
            Y = (pixel / _shape.OutWidth * _shape.StrideY) - _shape.Top,
            X = (pixel % _shape.OutWidth * _shape.StrideX) - _shape.Left,
        };
    }

    public float Load(Place place, int term)
    {
        Tap tap = _taps[term];
        int y = place.Y + tap.Y, x = place.X + tap.X;
        return (uint)y < (uint)_shape.Height && (uint)x < (uint)_shape.Width ? _input[place.Base + tap.Offset + (y * _shape.Width) + x] : 0;
    }
}

/// <summary>The gradients of the outputs that read a pixel: a column for each input pixel of each sample, a term for each position of the kernel in each output channel.</summary>
internal readonly struct GradientColumns(ArrayView<float> gradient, ArrayView<Tap> taps, ConvolutionShape shape) : IOperand
{
    private readonly ArrayView<float> _gradient = gradient;
    private readonly ArrayView<Tap> _taps = taps;
    private readonly ConvolutionShape _shape = shape;

    public Place At(int index, int part)
    {
        int sample = index / _shape.Pixels, pixel = index % _shape.Pixels;
        return new Place
        {
            Base = (sample * _shape.OutLength) + (part * _shape.OutEach * _shape.OutPixels),
            Y = (pixel / _shape.Width) + _shape.Top,
            X = (pixel % _shape.Width) + _shape.Left,
        };
    }

    public float Load(Place place, int term)
    {
        Tap tap = _taps[term];
        int y = place.Y + tap.Y, x = place.X + tap.X, row = y / _shape.StrideY, column = x / _shape.StrideX;
        bool isRead = y >= 0 && x >= 0 && row * _shape.StrideY == y && column * _shape.StrideX == x && row < _shape.OutHeight && column < _shape.OutWidth;
        return isRead ? _gradient[place.Base + tap.Offset + (row * _shape.OutWidth) + column] : 0;
    }
}

/// <summary>Weights as the input's gradient reads them: a row for each input channel of a group, a term for each position of the kernel in each output channel.</summary>
internal readonly struct TransposedWeights(ArrayView<float> weight, ArrayView<Tap> taps, ConvolutionShape shape) : IOperand
{
    private readonly ArrayView<float> _weight = weight;
    private readonly ArrayView<Tap> _taps = taps;
    private readonly ConvolutionShape _shape = shape;

    public Place At(int index, int part) => new() { Base = ((part * _shape.OutEach * _shape.InEach) + index) * _shape.Area };

    public float Load(Place place, int term) => _weight[place.Base + _taps[term].Weight];
}

/// <summary>The gradient of a convolution's output: a row for each channel of a group, a term for each pixel of each sample.</summary>
internal readonly struct GradientRows(ArrayView<float> gradient, ConvolutionShape shape) : IOperand
{
    private readonly ArrayView<float> _gradient = gradient;
    private readonly ConvolutionShape _shape = shape;

    public Place At(int index, int part) => new() { Base = ((part * _shape.OutEach) + index) * _shape.OutPixels };

    public float Load(Place place, int term) => _gradient[place.Base + (term / _shape.OutPixels * _shape.OutLength) + (term % _shape.OutPixels)];
}

/// <summary>The pixels that a weight is multiplied with: a column for each position of the kernel in each channel of a group, a term for each output pixel of each sample.</summary>
internal readonly struct ImageRows(ArrayView<float> input, ArrayView<Tap> taps, ConvolutionShape shape) : IOperand
{
    private readonly ArrayView<float> _input = input;
    private readonly ArrayView<Tap> _taps = taps;
    private readonly ConvolutionShape _shape = shape;

    public Place At(int index, int part)
    {
        Tap tap = _taps[index];
        return new Place { Base = tap.Offset + (part * _shape.InEach * _shape.Pixels), Y = tap.Y - _shape.Top, X = tap.X - _shape.Left };
    }

    public float Load(Place place, int term)
    {
        int sample = term / _shape.OutPixels, pixel = term % _shape.OutPixels;
        int y = (pixel / _shape.OutWidth * _shape.StrideY) + place.Y, x = (pixel % _shape.OutWidth * _shape.StrideX) + place.X;
        return (uint)y < (uint)_shape.Height && (uint)x < (uint)_shape.Width ? _input[place.Base + (sample * _shape.InLength) + (y * _shape.Width) + x] : 0;
    }
}
