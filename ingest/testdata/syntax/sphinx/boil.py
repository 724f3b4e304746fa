def boil():
    return 95

boil()
